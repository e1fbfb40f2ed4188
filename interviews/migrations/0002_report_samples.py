from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interviews", "0001_interviews_turns_and_reports")]

    operations = [
        migrations.AddField("report", "samples", models.JSONField(default=dict)),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    """The table is the package's, so its model cannot name an index of ours."""

    dependencies = [
        ("background", "0001_background_tasks_in_admin"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX background_task_enqueued"
            " ON django_tasks_database_dbtaskresult (enqueued_at, id)",
            migrations.RunSQL.noop,
        ),
    ]

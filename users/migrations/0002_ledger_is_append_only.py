from django.db import migrations

from users.triggers import create_triggers, drop_triggers


class Migration(migrations.Migration):
    dependencies = [("users", "0001_users_keys_and_ledger")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: create_triggers(editor),
            lambda apps, editor: drop_triggers(editor),
            atomic=False,  # MySQL cannot create a trigger in a transaction
        ),
    ]

from django.db import migrations

# What support may do: look people and their credits up, and correct credits.
SUPPORT_PERMISSIONS = {
    "user": {"view_user": "Can view user"},
    "hold": {"view_hold": "Can view hold"},
    "ledgerentry": {
        "view_ledgerentry": "Can view ledger entry",
        "write_credits": "Can grant, take back and reverse credits",
    },
}


def create_support_group(apps, schema_editor):
    """Permissions are made after all migrations, so those that the group needs are made here."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    group, is_new = apps.get_model("auth", "Group").objects.get_or_create(name="Support")
    if not is_new:
        return
    for model, names in SUPPORT_PERMISSIONS.items():
        content_type, _ = ContentType.objects.get_or_create(app_label="users", model=model)
        for codename, name in names.items():
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": name}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("users", "0004_ledger_permissions_and_kind_index"),
    ]

    # A group that staff have filled or changed since is theirs: going back leaves it.
    operations = [migrations.RunPython(create_support_group, migrations.RunPython.noop)]

"""The shapes of a person's export."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from users.models import DataExport


class DownloadSerializer(serializers.Serializer[Any]):
    download = serializers.BooleanField(default=False)


class DataExportSerializer(serializers.ModelSerializer[DataExport]):
    expires_at = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = DataExport
        fields = ["state", "requested_at", "ready_at", "expires_at"]
        read_only_fields = fields

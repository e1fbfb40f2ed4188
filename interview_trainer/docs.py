"""The API's own description: `/api/schema` for machines, `/api/docs` for people.

Both are public.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@cache
def openapi_document() -> dict[str, Any]:
    """The document, the same for everyone, made once per process."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]  # has no types
    document: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return document


class SchemaView(APIView):
    """JSON, or YAML for who accepts it."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer2,
        OpenApiYamlRenderer,
    )

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(openapi_document())


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, out of our own static files."""

    authentication_classes = ()
    permission_classes = ()

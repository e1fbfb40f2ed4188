"""How the routes of people and of signing in show in the OpenAPI document."""

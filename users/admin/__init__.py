"""The admin site's pages of people, credits, API keys and of who did what."""

from users.admin import activity, api_keys, groups, holds, ledger, people, sign_in, site

__all__ = ["activity", "api_keys", "groups", "holds", "ledger", "people", "sign_in", "site"]

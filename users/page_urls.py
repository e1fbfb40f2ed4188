"""Routes of the account pages."""

from django.urls import path

from users import pages

app_name = "pages"

urlpatterns = [
    path("sign-up/", pages.SignUpView.as_view(), name="sign-up"),
    path("sign-in/", pages.SignInView.as_view(), name="sign-in"),
    path("sign-out/", pages.SignOutView.as_view(), name="sign-out"),
    path("password-reset/", pages.ResetRequestView.as_view(), name="reset"),
    path("password-reset/sent/", pages.ResetSentView.as_view(), name="reset-sent"),
    path(
        "password-reset/<uidb64>/<token>/", pages.ResetConfirmView.as_view(), name="reset-confirm"
    ),
    path("settings/", pages.PersonView.as_view(), name="settings"),
    path("settings/password/", pages.PasswordView.as_view(), name="password"),
    path("settings/data/", pages.DataView.as_view(), name="data"),
    path("settings/data/file/", pages.DataFileView.as_view(), name="data-file"),
    path("settings/delete/", pages.DeleteView.as_view(), name="delete"),
    path("credits/", pages.CreditsView.as_view(), name="credits"),
]

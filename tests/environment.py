"""The environment that the suite runs in, set before Django reads its settings.

`DATABASE_URL` may be set by the caller: the suite then runs on that database.
"""

import os
from tempfile import TemporaryDirectory

# Gone with the process.
files = TemporaryDirectory(prefix="interview-trainer-tests-", ignore_cleanup_errors=True)

os.environ["ENV_FILE"] = os.devnull
os.environ["SECRET_KEY"] = "tests-only-secret-key-that-is-long-enough-for-hs256-and-more"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["DATA_DIR"] = files.name
os.environ["DEBUG_TOOLS"] = "true"
os.environ["SECURE_COOKIES"] = "false"
os.environ["HTTPS_ONLY"] = "false"
os.environ["EMAIL_URL"] = "memorymail://"

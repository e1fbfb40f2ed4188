"""What an audio route may be asked for, beside JSON."""

from rest_framework.renderers import BaseRenderer


class SoundRenderer(BaseRenderer):
    """Lets clients accept `audio/...`. The view streams the sound by itself."""

    media_type = "audio/*"
    format = "sound"

"""How often, and how much at once: rates and slots, by key, by user and by address."""

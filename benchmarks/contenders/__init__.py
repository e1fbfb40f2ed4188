"""Who takes part in `beside.py`."""

from contenders.base import Contender
from contenders.direct import Direct
from contenders.go import Go
from contenders.litellm import LiteLLM
from contenders.naive import Naive
from contenders.ours import Ours

CONTENDERS: dict[str, type[Contender]] = {
    contender.name: contender for contender in (Ours, LiteLLM, Naive, Go, Direct)
}

"""The evidence as a resource of a run. Does not belong here: what fulfils it (`orchestration/resources.py`)."""

from abc import ABC, abstractmethod
from pathlib import Path

from assets.evidence.packs import Pack
from assets.evidence.read_packs import Evidence, Scope


class EvidenceOfRun(ABC):
    """Which packs are read and up to which date."""

    @property
    @abstractmethod
    def scope(self) -> Scope:
        """What is loaded. Packs go by their names: where a folder lies on a machine is nobody's business."""

    @abstractmethod
    def local_pack(self, name: str) -> Path:
        """Return the folder of a pack that the software writes itself, whether there is one yet or not."""

    @abstractmethod
    def resolved(self) -> list[Pack]:
        """Return the folders of all packs."""

    @abstractmethod
    def read(self) -> Evidence:
        """Read and validate all packs; problems are in the result, nothing is raised for them.

        One run reads them once: what it compares at its end is what it loaded, whatever was edited meanwhile.
        """

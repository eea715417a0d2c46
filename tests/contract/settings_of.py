"""Which settings class a process of the platform reads, by the process's name."""

from __future__ import annotations

import importlib

from deploy.local.topology import SERVICES
from deploy.simulators.settings import SimulatorsSettings
from gateway.settings import GatewaySettings
from services.card.settings import IntakeSettings
from services.chassis.relay import RelaySettings
from services.chassis.settings import Settings, describe

PROCESSES = (*SERVICES, *(f"{service}-relay" for service in SERVICES), "card-intake", "gateway", "simulators")


def settings_class(process: str) -> type[Settings]:
    """The class whose ``from_environment`` the process calls."""
    if process == "gateway":
        return GatewaySettings
    if process == "card-intake":
        return IntakeSettings
    if process == "simulators":
        return SimulatorsSettings
    if process.endswith("-relay"):
        return RelaySettings
    found: type[Settings] = importlib.import_module(f"services.{process}.settings").SETTINGS
    return found


def variables_read_by(process: str) -> set[str]:
    """Every ZHIYUAN_* variable the process reads."""
    return {variable for variable, _help, _default in describe(settings_class(process))}

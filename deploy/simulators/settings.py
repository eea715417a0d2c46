"""What the simulators read from the environment. Never in production."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.simulators.world import Accounts
from services.chassis.settings import Secret, Settings, setting


@dataclass(frozen=True, kw_only=True)
class SimulatorsSettings(Settings):
    """Where the platform is, and the secrets by which it knows its providers. The page is on the ops port."""

    gateway_url: str = setting("ZHIYUAN_GATEWAY_URL", "Where receipts are pushed to: the gateway's address.")
    mail_port: int = setting(
        "ZHIYUAN_SIMULATED_MAIL_PORT", "The port of the simulated mail server; 0 takes any free one.",
        parse=int, default=0,
    )  # fmt: skip
    wechat_push_token: Secret = setting(
        "ZHIYUAN_WECHAT_PUSH_TOKEN", "The token that signs what WeChat pushes.", parse=Secret
    )
    tencent_callback_secret: Secret = setting(
        "ZHIYUAN_TENCENT_CALLBACK_SECRET", "The secret of the address that Tencent pushes receipts to.", parse=Secret
    )
    aliyun_callback_secret: Secret = setting(
        "ZHIYUAN_ALIYUN_CALLBACK_SECRET", "The secret of the address that Aliyun pushes receipts to.", parse=Secret
    )

    def faults(self) -> list[str]:
        """In production nobody is simulated."""
        found = super().faults()
        return [*found, "the simulators do not run in production"] if self.production else found

    @property
    def accounts(self) -> Accounts:
        """Who is let in, and how pushes are proved."""
        return Accounts(
            wechat_push_token=self.wechat_push_token.reveal(),
            tencent_callback_secret=self.tencent_callback_secret.reveal(),
            aliyun_callback_secret=self.aliyun_callback_secret.reveal(),
        )

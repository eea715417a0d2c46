"""Signatures equal the examples that the providers have published, to the byte."""

from __future__ import annotations

from services.notify.providers.signing import acs3_authorization, canonical_query, sha256_hex, tc3_authorization


def test_tencents_signature_is_that_of_its_documents() -> None:
    """API 3.0, "签名方法 v3": DescribeInstances, with the keys, moment and body of the example."""
    authorization = tc3_authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        service="cvm",
        timestamp=1551113065,
        headers={"Content-Type": "application/json; charset=utf-8", "Host": "cvm.tencentcloudapi.com"},
        body=rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
    )
    assert authorization == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_aliyuns_signature_is_that_of_its_documents() -> None:
    """ "V3版本请求体&签名机制": RunInstances, with the keys, moment and nonce of the example."""
    authorization = acs3_authorization(
        "YourAccessKeyId",
        "YourAccessKeySecret",
        path="/",
        query={"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"},
        headers={
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "x-acs-action": "RunInstances",
            "x-acs-content-sha256": sha256_hex(b""),
            "x-acs-date": "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            "x-acs-version": "2014-05-26",
        },
        body=b"",
    )
    assert authorization == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_aliyun_reads_a_query_by_rfc_3986() -> None:
    assert canonical_query({"b": "*~ +", "a": "木棉,1"}) == "a=%E6%9C%A8%E6%A3%89%2C1&b=%2A~%20%2B"

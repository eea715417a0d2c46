"""The providers of messages as they look from here: Tencent, Aliyun, WeChat and a mail server, for development."""

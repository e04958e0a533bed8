"""A mail server for the tests: says its port, then tells each mail that it takes, one JSON object a line.

Arguments: "none", "starttls" or "tls"; the certificate's file; the key's file. It ends with its standard input.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import AuthResult, SMTP


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        answers = {"unknown": "550 5.1.1 no such mailbox", "later": "451 4.3.0 come back later"}
        answer = answers.get(address.split("@")[0])
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        login = session.auth_data
        tell({
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "headers": [[name, str(value)] for name, value in mail.items()],
            "text": mail.get_content(),
            "defects": [str(defect) for defect in mail.defects],
            "encrypted": session.ssl is not None,
            "hello": session.host_name,
            "login": login and login.login.decode(),
        })
        return "250 2.0.0 taken\x1b[31m"


def authenticate(server, session, envelope, mechanism, login):
    right = login.password == b"hunter2"
    return AuthResult(success=right, handled=False, auth_data=login)


def tell(what):
    print(json.dumps(what), flush=True)


async def main(mode, certificate, key):
    context = None
    if mode != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

    def session():
        starttls = context if mode == "starttls" else None
        # Of a connection that is encrypted from the start it knows nothing.
        secure = mode == "starttls"
        return SMTP(Handler(), tls_context=starttls, require_starttls=secure, auth_require_tls=secure,
                    authenticator=authenticate, hostname="mail.test")

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        session, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    tell(server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))

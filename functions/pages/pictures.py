"""`/pictures/{name}`: the same address for everybody, so that a picture tells nothing about who looks at it."""

import re
from base64 import b64encode
from typing import Protocol

from functions.adapters.picture_files import PictureFile
from functions.adapters.replies import Reply, Request, gone

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\.[a-z]{3,4}")
YEAR_S, DAY_S = 31_536_000, 86_400


class Files(Protocol):
    def read(self, name: str) -> PictureFile | None: ...


def picture(files: Files, request: Request) -> Reply:
    """The picture, to be kept for a year where its name is made from its content; else 404."""
    name = request.path.get("name", "")
    found = files.read(name) if NAME.fullmatch(name) else None
    if found is None:
        return gone(request)
    return {
        "statusCode": 200,
        "headers": {
            "content-type": found.content_type,
            "cache-control": f"public, max-age={YEAR_S}, immutable" if found.lasting else f"public, max-age={DAY_S}",
            "content-security-policy": "default-src 'none'; sandbox",
            "cross-origin-resource-policy": "cross-origin",  # webmail shows it on its own pages
            "x-content-type-options": "nosniff",
        },
        "body": "" if request.method == "HEAD" else b64encode(found.body).decode(),
        "isBase64Encoded": request.method != "HEAD",
    }

"""Pictures as they are served: the party's own from templates/party/, all others from the content bucket."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.adapters.pages import TEMPLATES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_MISSING = frozenset({"NoSuchKey", "404", "AccessDenied", "403"})  # 403: we may not list the bucket


@dataclass(frozen=True)
class PictureFile:
    """`lasting`: the name is made from the content, so what it names never changes."""

    body: bytes
    content_type: str
    lasting: bool


class PictureFiles:
    """Reads the names in templates/party/ once."""

    def __init__(self, client: "S3Client", bucket: str, templates: Path = TEMPLATES) -> None:
        self._client, self._bucket = client, bucket
        self._party = {file.name: file for file in (templates / "party").glob("*") if file.suffix[1:] in TYPES}

    def read(self, name: str) -> PictureFile | None:
        """The picture of this name (a plain file name of a picture). None when there is none."""
        content_type = TYPES.get(name.rpartition(".")[2])
        if content_type is None:
            return None
        if name in self._party:
            return PictureFile(self._party[name].read_bytes(), content_type, lasting=False)
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=f"pictures/{name}")["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        return PictureFile(body, content_type, lasting=True)

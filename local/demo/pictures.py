"""Draws the demonstration's pictures: `python -m local.demo.pictures` writes them anew into `content/pictures/`.

The files are part of the project, so that nobody has to draw before sending. The same code gives the same pictures.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

from PIL import Image

from local.demo.content import CONTENT, scenes
from local.demo.scenes import (
    country,
    farms,
    gatherings,
    kitchen,
    meadows,
    orchestra,
    public,
    rails,
    reading,
    roads,
    shops,
    signs,
    streets,
    town,
    villages,
    waterside,
    workshop,
)
from local.demo.scenes.canvas import Canvas, Light
from local.demo.scenes.lights import LIGHTS
from local.demo.scenes.portraits import PORTRAITS

MOST_BYTES = 32_000
PORTRAIT = 480  # pixels, square

_DRAWN: tuple[Callable[[Canvas, Light], None], ...] = (
    *(country.park, country.willow, country.windmills, farms.farm, farms.fields, farms.greenhouses),
    *(gatherings.assembly, gatherings.conversation, kitchen.kitchen_lamp, kitchen.soup, kitchen.two_mugs),
    *(meadows.cows, meadows.polder, orchestra.music, public.fire_station, public.schoolyard, public.town_hall),
    *(public.village_hall, rails.night_train, rails.station, rails.tram, reading.books, reading.classroom),
    *(roads.bike_path, roads.bus, shops.bakery, shops.market, shops.shop_street, signs.ballot_box, signs.map_pins),
    *(signs.phone_shield, streets.doors, streets.night_street, streets.open_door, streets.street_lamps, town.flats),
    *(town.green_street, town.office_tower, town.rooftops, villages.hamlet, villages.village, villages.winter_house),
    *(waterside.bridge, waterside.harbour, waterside.river_city, workshop.repair, workshop.workbench),
)
SCENES = {drawn.__name__.replace("_", "-"): drawn for drawn in _DRAWN}

# N. Robidoux's quantisation table (as in mozjpeg and ImageMagick): smaller and cleaner than Annex K's on flat colours.
_TABLE = (
    *(16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75),
    *(16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31, 40, 53, 74, 106, 156),
    *(25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 169, 238, 282, 56, 53, 91, 106, 131, 238, 333, 398),
    *(85, 75, 135, 156, 189, 282, 398, 517),
)
_STRENGTHS = tuple(0.4 * 1.08**step for step in range(24))  # up to 2.3


def picture(scene: str, light: str) -> Image.Image:
    """One scene, 1200 by 630."""
    canvas = Canvas()
    SCENES[scene](canvas, LIGHTS[light])
    return canvas.finished()


def portrait(name: str) -> Image.Image:
    """One portrait, 480 by 480, cropped so that the face still reads at 60."""
    canvas = Canvas(600, 600)
    PORTRAITS[name](canvas)
    return canvas.finished().resize((PORTRAIT, PORTRAIT), Image.Resampling.LANCZOS, (84, 96, 516, 528))


def jpeg(image: Image.Image, most: int = MOST_BYTES) -> bytes:
    """The best progressive JPEG of at most so many bytes."""
    for strength in _STRENGTHS:
        table = [min(255, round(value * strength)) for value in _TABLE]
        out = BytesIO()
        image.save(out, "JPEG", qtables=[table, table], subsampling="4:2:0", optimize=True, progressive=True)
        if out.tell() <= most:
            break
    return out.getvalue()


def draw(only: Iterable[str] = ()) -> list[Path]:
    """Write all pictures and portraits, or those of the blocks named; gives the files written."""
    wanted = set(only)
    folder = CONTENT / "pictures"
    folder.mkdir(exist_ok=True)
    files = {folder / f"{block}.jpg": picture(*how) for block, how in scenes().items() if not wanted or block in wanted}
    files |= {} if wanted else {folder / f"{name}.jpg": portrait(name) for name in PORTRAITS}
    for file, image in files.items():
        file.write_bytes(jpeg(image))
    return list(files)


if __name__ == "__main__":
    for written in draw():
        print(written.name, written.stat().st_size)

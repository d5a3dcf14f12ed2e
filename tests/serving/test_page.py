"""The page in a browser: what is drawn is read, what is shown is read, and nobody else is asked.

Runs where Chromium is installed (the system's package, or the one that CHROMIUM names).
"""

import json
import os
import shutil
from pathlib import Path

import pytest

import tenfold
from tenfold.data import load
from tenfold.images import Normalisation

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

EXAMPLES = Path(__file__).parents[2] / "src" / "tenfold" / "serving" / "page" / "examples"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

THREE = [
    [
        (0, 0.12),
        (0.3, 0),
        (0.58, 0.1),
        (0.6, 0.3),
        (0.4, 0.45),
        (0.2, 0.48),
        (0.45, 0.5),
        (0.64, 0.65),
        (0.6, 0.9),
        (0.3, 1),
        (0, 0.9),
    ]
]
FOUR = [[(0.45, 0), (0.3, 0.3), (0, 0.62), (0.7, 0.6)], [(0.55, 0.3), (0.5, 1)]]
TWO = [[(0, 0.2), (0.15, 0.03), (0.4, 0), (0.6, 0.15), (0.55, 0.4), (0.3, 0.7), (0, 1), (0.35, 0.95), (0.7, 1)]]


@pytest.fixture(scope="module")
def browser():
    """One Chromium for all tests here."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, service):
    """Opens the page with some screen; afterwards nothing may stand in the console, and no other host was asked."""
    contexts, asked, said = [], [], []

    def open_it(viewport=DESK, expected=None, **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on(
            "console",
            lambda message: (
                said.append(f"{message.text} {message.location}")
                if expected is None or expected not in message.text
                else None
            ),
        )
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(service.url)
        playwright.expect(page.locator("#model")).to_contain_text("Tenfold", timeout=15_000)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((service.url, "blob:", "data:"))] == []


def draw(page, strokes, left, top=0.2, scale=0.5):
    """Strokes in a unit box, drawn with the pointer at shares of the surface."""
    place = page.locator("#pad").bounding_box()
    side = place["height"] * scale

    def at(point):
        return place["x"] + left * place["width"] + point[0] * side, place["y"] + top * place["height"] + point[1] * side

    for stroke in strokes:
        page.mouse.move(*at(stroke[0]))
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*at(point), steps=5)
        page.mouse.up()


def wait_for_text(page, text):
    """The reading, when it says so."""
    playwright.expect(page.locator("#text")).to_have_text(text, timeout=15_000)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_draws_3_and_then_42(open_page, viewport):
    """The digits are read while they are drawn; undo takes a stroke back, clear all of them."""
    page = open_page(viewport)
    draw(page, THREE, 0.4)
    wait_for_text(page, "3")
    assert page.locator("#bars .best .digit").inner_text() == "3"
    assert page.locator("#seen").get_attribute("src").startswith("data:image/png")
    page.click("#clear")
    assert page.locator("#text").get_attribute("data-status") == "none"
    draw(page, FOUR, 0.15)
    draw(page, TWO, 0.55)
    wait_for_text(page, "42")
    assert page.locator("#digits button").count() == 2
    page.click("#undo")
    wait_for_text(page, "4")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], "nothing sticks out"


def test_what_is_drawn_is_read_by_the_same_code(open_page):
    """The page's answer is that of Python for the very picture that the page sent."""
    page = open_page()
    page.evaluate(
        "() => { const plain = fetch; window.fetch = (url, more) => ((window.sent = more?.body), plain(url, more)); }"
    )
    draw(page, TWO, 0.4)
    wait_for_text(page, "2")
    with page.expect_response("**/v1/read*layout=digit") as got:
        page.select_option("#layout", "digit")
    answer = got.value.json()
    del answer["explanation"]
    sent = bytes(page.evaluate("sent.arrayBuffer().then((content) => [...new Uint8Array(content)])"))
    assert answer == {"file": "-", **tenfold.read(sent, layout="digit").to_dict()}


def test_a_finger_draws_and_the_page_does_not_scroll(open_page):
    """Touch events draw: the surface keeps them from scrolling."""
    page = open_page(PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate("getComputedStyle(document.getElementById('pad')).touchAction") == "none"
    place = page.locator("#pad").bounding_box()
    session = page.context.new_cdp_session(page)
    points = [{"x": place["x"] + 150, "y": place["y"] + 40 + 18 * step} for step in range(10)]
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    wait_for_text(page, "1")
    assert page.evaluate("window.scrollY") == 0


def test_pen_pressure_makes_the_stroke_broader(open_page):
    """The same stroke, pressed harder, leaves more ink."""
    page = open_page(expected="Canvas2D")
    ink = """async (pressure) => {
      const pad = document.getElementById("pad"), place = pad.getBoundingClientRect();
      document.getElementById("clear").click();
      const send = (type, x) => pad.dispatchEvent(new PointerEvent(type, { pointerId: 1, pointerType: "pen", button: 0,
        pressure, clientX: place.x + x, clientY: place.y + 100, bubbles: true }));
      pad.setPointerCapture = () => {};
      send("pointerdown", 50); for (let x = 60; x < 200; x += 10) send("pointermove", x); send("pointerup", 200);
      const context = pad.getContext("2d");
      return context.getImageData(0, 0, pad.width, pad.height).data
        .filter((value, place) => place % 4 === 3 && value > 128).length;
    }"""
    light, hard = page.evaluate(ink, 0.1), page.evaluate(ink, 0.9)
    assert hard > 2 * light > 0


def test_draws_with_the_keyboard(open_page):
    """Space puts the pen down, arrows move it: a line down is a 1."""
    page = open_page()
    page.focus("#pad")
    page.keyboard.press("Space")
    for _ in range(16):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    wait_for_text(page, "1")


def drop(page, path, kind):
    """A file dropped onto the page."""
    content = list(path.read_bytes())
    script = """([content, name, type]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(content)], name, { type }));
      document.getElementById("surface").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
    }"""
    page.evaluate(script, [content, path.name, kind])


def test_a_dropped_picture_is_shown_with_boxes(open_page):
    """A number: a box for each digit, around its ink; a click on one shows that digit's probabilities."""
    page = open_page()
    drop(page, EXAMPLES / "number.jpg", "image/jpeg")
    with page.expect_response(lambda response: "layout=number" in response.url):  # its boxes replace those of `auto`
        page.select_option("#layout", "number")
    wait_for_text(page, "1974")
    boxes = page.locator("#boxes button")
    playwright.expect(boxes).to_have_count(4)
    places = "() => ['#shown', '#boxes button'].map((name) => document.querySelector(name).getBoundingClientRect().toJSON())"
    shown, first = page.evaluate(places)  # both at once: between two calls the boxes may be drawn anew
    assert shown["x"] <= first["x"] < first["x"] + first["width"] < shown["x"] + shown["width"]
    boxes.nth(2).click()
    assert page.locator("#bars .best .digit").inner_text() == "7"
    assert page.locator("#boxes button[aria-pressed=true]").count() == 1


def test_a_pasted_and_a_chosen_picture(open_page):
    """Both are read; back leads to the drawing that was there before."""
    page = open_page()
    draw(page, THREE, 0.4)
    wait_for_text(page, "3")
    page.set_input_files("#file", EXAMPLES / "note.jpg")
    wait_for_text(page, "2")
    script = """async (address) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([await (await fetch(address)).blob()], "chalk.jpg", { type: "image/jpeg" }));
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }));
    }"""
    page.evaluate(script, "examples/chalk.jpg")
    wait_for_text(page, "0")
    page.click("#back")
    wait_for_text(page, "3")


def test_every_picture_of_the_gallery(open_page):
    """Each is read as it should be, by a click; the house is refused."""
    page = open_page()
    wanted = {
        "note": "2",
        "chalk": "0",
        "number": "1974",
        "page": "306\n4157\n92804",
        "sideways": "3",
        "tiny": "5",
        "house": "",
    }
    for name, text in wanted.items():
        page.click(f"[data-file^={name}]")
        playwright.expect(page.locator(f"[data-file^={name}]")).to_have_attribute("aria-pressed", "true")
        playwright.expect(page.locator("#boxes button")).not_to_have_count(0)
        assert page.evaluate("document.getElementById('text').textContent") == text, name
    assert "no digit" in page.locator("#verdict").inner_text()


def test_a_file_that_is_no_picture(open_page, tmp_path):
    """The page says so in the service's words, and goes on."""
    page = open_page(expected="422")
    (tmp_path / "notes.png").write_text("no picture")
    page.set_input_files("#file", tmp_path / "notes.png")
    playwright.expect(page.locator("#verdict")).to_contain_text("is no PNG")
    page.click("[data-file^=note]")
    wait_for_text(page, "2")


def test_corrects_a_digit(open_page, service):
    """The right label is chosen; the picture lies in its folder, where `tenfold train` finds it; the text is put right."""
    page = open_page()
    page.click("[data-file^=doubtful]")
    playwright.expect(page.locator("#boxes button")).to_have_count(1)
    page.click("#labels button:has-text('3')")
    wait_for_text(page, "3")
    playwright.expect(page.locator("#kept")).to_have_text("Kept as a 3.")
    dataset = load(service.corrections, normalisation=Normalisation())
    assert "3" in dataset.classes


def test_takes_the_reading_along(open_page):
    """JSON is what the service answered, CSV a row for each digit, the clipboard holds the text."""
    page = open_page(permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    page.click("[data-file^=number]")
    wait_for_text(page, "1974")
    with page.expect_download() as saved:
        page.click("#save-json")
    assert json.loads(Path(saved.value.path()).read_text())["text"] == "1974"
    with page.expect_download() as saved:
        page.click("#save-csv")
    rows = Path(saved.value.path()).read_text().splitlines()
    assert rows[0] == "file,line,place,digit,confidence,x,y,width,height,corrected"
    assert [row.split(",")[3] for row in rows[1:]] == ["1", "9", "7", "4"]
    page.click("#copy")
    playwright.expect(page.locator("#copy-text")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "1974"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(open_page, viewport, scheme):
    """No violation of accessibility rules: empty, with a drawing, with a picture and its boxes, refused."""
    page = open_page(viewport, color_scheme=scheme, reduced_motion="reduce")
    states = {"empty": lambda: None, "drawn": lambda: draw(page, FOUR, 0.3)}
    for name in ("page", "doubtful", "house"):
        states[name] = lambda name=name: page.click(f"[data-file^={name}]")
    for name, reach in states.items():
        reach()
        page.wait_for_timeout(400)
        found = axe.Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"


def test_tab_reaches_everything(open_page):
    """With the tab key alone one comes to the pad, the layout, the choice of a picture and the gallery."""
    page = open_page()
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.dataset.file"))
    assert {"pad", "pen", "layout", "choose", "note.jpg", "house.png"} <= seen

"""Forms are taken apart as they were put together."""

import httpx
from hypothesis import given
from hypothesis import strategies as st

from tenfold.serving.bodies import pictures_of_form

NAMES = st.text(
    st.characters(min_codepoint=33, max_codepoint=1000, exclude_categories=["C", "Z"], exclude_characters='"\\'), min_size=1
)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=300)), min_size=1, max_size=8))
def test_what_a_client_puts_into_a_form_comes_out_of_it(files):
    """Names and bytes of every file, whatever the bytes are, in order."""
    request = httpx.Request("POST", "http://x", files=[("picture", file) for file in files])
    found = pictures_of_form(request.headers["content-type"], request.read(), 8)
    assert [(part.name, part.getvalue()) for part in found] == [(name, content) for name, content in files]


def test_a_boundary_in_quotes():
    """`boundary="a b"` is a b."""
    body = b'--a b\r\nContent-Disposition: form-data; name="p"; filename="f"\r\n\r\nDATA\r\n--a b--\r\n'
    (found,) = pictures_of_form('multipart/form-data; boundary="a b"', body, 1)
    assert (found.name, found.getvalue()) == ("f", b"DATA")

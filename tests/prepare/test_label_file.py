"""Labels from labels.csv: with a header or without, names with folders and suffixes or without."""

import pytest

from stages.common.stage import UserError
from stages.prepare.label_file import labels_of

IMAGES = ["a/1.png", "a/2.png", "b/3.png", "b/4.jpg"]
EXPECTED = dict(zip(IMAGES, "xyxy", strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "a/1.png,x\na/2.png,y\nb/3.png,x\nb/4.jpg,y\n",
        "file,label\n1.png,x\n2.png,y\n3.png,x\n4.jpg,y\n",
        "\ufeffimage_id;class\r\n1;x\r\n2;y\r\n3;x\r\n4;y\r\n",
        "label,size,filename\nx,3,1.png\ny,3,2.png\nx,3,3.png\ny,3,4.jpg\n",
        "id\tcategory\na/1\tx\na/2\ty\nb/3\tx\nb/4\ty\n\n",
        '"1.png", "x"\n2.png,y\n3.png,x\n4.jpg,y\n',
        "video,width,label,filename\n7,8,x,1\n7,8,y,2\n7,8,x,3\n7,8,y,4\n",
        "id,image,breed class\n1,a/1.png,x\n1,a/2.png,y\n1,b/3.png,x\n1,b/4.jpg,y\n",
        "file,label\n1.png,x\n2.png,y,more\n3.png,x\n4.jpg,y\n",
        "id,filename,label\n4,1.png,x\n3,2.png,y\n2,3.png,x\n1,4.jpg,y\n",
        "id,label,photo\n2,x,1.png\n3,y,2.png\n4,x,3.png\n1,y,4.jpg\n",
        "image_id,name,label\n4,1,x\n3,2,y\n2,3,x\n1,4,y\n",
        "1,x\n2,y\n3,x\n4,y\n",
    ],
)
def test_kinds_of_files(tmp_path, text):
    (tmp_path / "labels.csv").write_text(text)
    assert labels_of(tmp_path, IMAGES) == EXPECTED


def test_names_that_are_not_clear_need_their_folders(tmp_path):
    (tmp_path / "labels.csv").write_text("1.png,x\nb/1.png,y\nother.png,z\n")
    assert labels_of(tmp_path, ["a/1.png", "b/1.png"]) == {"b/1.png": "y"}


def test_a_name_in_full_wins(tmp_path):
    (tmp_path / "labels.csv").write_text("1.png,x\n1.png.jpg,y\n")
    assert labels_of(tmp_path, ["1.png", "1.png.jpg"]) == {"1.png": "x", "1.png.jpg": "y"}


def test_an_empty_label_is_none(tmp_path):
    (tmp_path / "labels.csv").write_text("file,label\na/1.png,x\na/2.png, \nb/3.png\t,y\n")
    assert labels_of(tmp_path, IMAGES) == {"a/1.png": "x", "b/3.png": "y"}


def test_without_such_a_file_there_are_none(tmp_path):
    assert labels_of(tmp_path, IMAGES) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"other.png,x\n", "names none"),
        (b"1.png\n", "a file name and a label"),
        (b"", "a file name and a label"),
        (b"file,label\n1.png,\n", "names none"),
        (b"\xff\xfe\0", "cannot be read"),
        (b"file,width,kind\n1.png,8,x\n", "has 3 columns: name the one of the labels `label`"),
        (b"1.png,x\na/1.png,y\n", "gives a/1.png two labels"),
    ],
)
def test_files_that_are_of_no_use(tmp_path, content, said):
    (tmp_path / "labels.csv").write_bytes(content)
    with pytest.raises(UserError, match=said):
        labels_of(tmp_path, IMAGES)

"""What a file is that no decoder knows, by its first bytes, and what to do about it."""

import re

LFS = b"version https://git-lfs.github.com/spec/"
SAVE = "save it as PNG or JPEG"
KNOWN = {  # how contents begin, and what goes after the file's name
    LFS: "is a Git LFS pointer, not the image itself: `git lfs pull` brings it",
    rb"(/annex/|\.\.?/[^\0]*\.git/annex/)": "is a git-annex pointer, not the image itself: `git annex get` brings it",
    rb"outs:\s+- md5: ": "is a file of DVC that names the image: `dvc pull` brings it",
    rb"\s*(<!doctype html|<html)": "is a web page, not an image: download it again",
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg": f"is an SVG drawing, not pixels: {SAVE}",
    rb"GIF8": f"is a GIF: {SAVE}",
    rb"%PDF": f"is a PDF document: {SAVE}",
    rb"PK\x03\x04": "is a zip archive: unpack it, or give it as FOLDER",
    rb"(\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd)": "is a compressed archive: unpack it",
    rb"\x93NUMPY": "is an .npy array: give it as FOLDER",
    rb"\x89HDF": "is an HDF5 file: save its images as .npy, or as PNG",
    rb"8BPS": f"is a Photoshop document: {SAVE}",
    rb"\0\0[\1\2]\0": f"is an icon: {SAVE}",
    rb"(\0\0\0\x0cjP  |\xff\x4f\xff\x51)": f"is JPEG 2000: {SAVE}",
    rb"(\xff\x0a|\0\0\0\x0cJXL )": f"is JPEG XL: {SAVE}",
    rb"\x76\x2f\x31\x01": f"is OpenEXR: {SAVE}",
    rb"#\?RADIANCE": f"is Radiance HDR: {SAVE}",
    rb"SIMPLE  =": "is a FITS image: save its pixels as .npy, or as 16-bit PNG",
    rb".{128}DICM": "is a DICOM image: save its pixels as .npy, or as 16-bit PNG",
    rb"....ftyp(hei[cfmsx]|hev[cx]|mif1|msf1)": (
        "is HEIC: `pip install pillow-heif` in the environment of this project reads it, or save it as JPEG"
    ),
    rb"....ftypavi[fs]": f"is AVIF, for which this machine's Pillow has no decoder: {SAVE}",
    rb"....ftyp": "is a video: save its frames as images",
    rb"RIFF....AVI ": "is a video: save its frames as images",
}


def what_it_is(content: bytes) -> str:
    """Words that go after the file's name, for content that no decoder takes."""
    for begin, words in KNOWN.items():
        if re.match(begin, content[:1000], re.DOTALL | re.IGNORECASE):
            return words
    if not any(content):
        return "is nothing but zeros: copy it again"
    return "is no image of a known format"

"""Stands in for the build program of a source package when pip downloads it: see build.sh.

pip calls it in the package's folder, where PKG-INFO has the metadata that it asks for.
"""
import email
import pathlib
import shutil


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    metadata = email.message_from_bytes(pathlib.Path("PKG-INFO").read_bytes())
    name = f"{metadata['Name'].replace('-', '_')}-{metadata['Version']}.dist-info"
    folder = pathlib.Path(metadata_directory, name)
    folder.mkdir()
    shutil.copy("PKG-INFO", folder / "METADATA")
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    raise RuntimeError("this only tells pip the metadata")

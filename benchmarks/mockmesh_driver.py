"""MockMesh in process, under the driver for boto3: what `trackstep check --target stdio` runs for scoreboard.py."""

import contextlib
import pathlib
import runpy
import sys

import mockmesh  # type: ignore[import-not-found]  # it is in an environment of its own

with contextlib.redirect_stdout(sys.stderr):  # standard output is the driver's
    mockmesh.enable()
driver = pathlib.Path(__file__).parents[1] / "examples" / "drivers" / "python" / "driver.py"
runpy.run_path(str(driver), run_name="__main__")

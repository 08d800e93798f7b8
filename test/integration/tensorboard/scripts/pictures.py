"""Pictures with tags of all kinds, in two folders that are made anew."""
import io
import sys
import time

from PIL import Image
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter

TAGS = ["val/grid", "a b", "50%", "%2e%2e/x", "../up", "/rooted", "größe/日本", "a:b", "x#y", "q?&=+z", "long/" + "é" * 300]
now = time.strftime("%Y%m%d-%H%M%S")
for name in ("gen", "disc"):
    writer = EventFileWriter(f"logs/{now}/{name}")
    for step in (1, 2):
        picture = io.BytesIO()
        Image.new("RGB", (4, 4), (step, 0, 0)).save(picture, "PNG")
        image = summary_pb2.Summary.Image(height=4, width=4, colorspace=3, encoded_image_string=picture.getvalue())
        value = [summary_pb2.Summary.Value(tag=tag, image=image) for tag in TAGS]
        summary = summary_pb2.Summary(value=value)
        writer.add_event(event_pb2.Event(wall_time=time.time(), step=step, summary=summary))
    writer.close()

"""What Keras and tf.summary write: tensors, in one folder for training and one for validation."""
import time

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.scalar import metadata as scalar_metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

writers = {name: EventFileWriter(f"logs/fit/20261121-083710/{name}") for name in ("train", "validation")}
for step in range(20):
    for name, writer in writers.items():
        tensor = tensor_util.make_tensor_proto(0.5 + step if name == "train" else -0.5 - step)
        value = summary_pb2.Summary.Value(tag="epoch_loss", tensor=tensor)
        # TensorFlow says what a tensor is with the first of a tag only.
        if step == 0:
            value.metadata.CopyFrom(scalar_metadata.create_summary_metadata("", ""))
        summary = summary_pb2.Summary(value=[value])
        writer.add_event(event_pb2.Event(wall_time=time.time(), step=step, summary=summary))
for writer in writers.values():
    writer.close()

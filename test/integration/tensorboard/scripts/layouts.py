"""A writer for each folder named, begun after each other; NOW in a name is the time. The last goes on until the end."""
import sys
import time

from tensorboardX import SummaryWriter

for n, folder in enumerate(sys.argv[1:]):
    writer = SummaryWriter(folder.replace("NOW", time.strftime("%Y%m%d-%H%M%S")))
    for step in range(10):
        writer.add_scalar("loss", 10 * n + step, step)
        writer.flush()
        time.sleep(0.11)
    writer.add_hparams({"lr": 0.1}, {"best": 1.0})
    writer.close()

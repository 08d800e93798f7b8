"""
A writer for each folder named, begun after each other; NOW in a name is the time. Each is open for a second, with --hold N for N more.
"""
import sys
import time

from tensorboardX import SummaryWriter

folders = sys.argv[1:]
hold = 0.0
if folders[0] == "--hold":
    hold = float(folders[1])
    folders = folders[2:]

for n, folder in enumerate(folders):
    writer = SummaryWriter(folder.replace("NOW", time.strftime("%Y%m%d-%H%M%S")))
    for step in range(10):
        writer.add_scalar("loss", 10 * n + step, step)
        writer.flush()
        time.sleep(0.11)
    # A look at what is open may come late on a busy machine.
    time.sleep(hold)
    writer.add_hparams({"lr": 0.1}, {"best": 1.0})
    writer.close()

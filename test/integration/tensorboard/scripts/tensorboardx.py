"""What most PyTorch scripts do, with the writer that needs no PyTorch."""
import sys
import time

import numpy as np
from tensorboardX import SummaryWriter

offset = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
with SummaryWriter("runs/" + time.strftime("%b%d_%H-%M-%S") + f"_host_{offset}", flush_secs=1) as writer:
    for step in range(30):
        writer.add_scalar("loss/train", offset + 1 / (step + 1), step)
        writer.add_scalar("odd name (%)", float("nan") if step == 3 else step, step)
        writer.flush()
        time.sleep(0.1)
    writer.add_image("sample", np.zeros((3, 4, 5), dtype=np.uint8), 29)
    writer.add_text("notes", "# It went well", 29)
    writer.add_hparams({"lr": 0.1, "optimizer": "sgd", "nesterov": True}, {"hparam/best": 0.5})

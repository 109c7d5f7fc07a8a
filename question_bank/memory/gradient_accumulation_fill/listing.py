import torch


def train(model, dataloader, criterion, optimizer, device, accumulation_steps=ACCUMULATION):
    model.train()
    optimizer.zero_grad()
    for batch_idx, (data, target) in enumerate(dataloader):
        data, target = data.to(device), target.to(device)
        output = model(data)
        loss = criterion(output, target)
        # BLANK 1
        if (batch_idx + 1) % accumulation_steps == 0:
            # BLANK 2

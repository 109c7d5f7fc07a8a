def train_with_gradient_accumulation(model, dataloader, criterion, optimizer, accumulation_steps=4):
    """Train for one pass over the data; every `accumulation_steps` micro-batches make one step of the optimizer."""
    model.train()
    optimizer.zero_grad()
    waiting = 0
    for data, target in dataloader:
        loss = criterion(model(data), target) / accumulation_steps
        loss.backward()
        waiting += 1
        if waiting == accumulation_steps:
            optimizer.step()
            optimizer.zero_grad()
            waiting = 0
    if waiting:
        optimizer.step()
        optimizer.zero_grad()

def train_with_gradient_accumulation(model, dataloader, criterion, optimizer, accumulation_steps=4):
    """Train for one pass over the data; every `accumulation_steps` micro-batches make one step of the optimizer."""

package dev.siltstone.objectstore;

import dev.siltstone.io.ManualClock;

class MemoryStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore open() {
        return new MemoryStore(new ManualClock(), 4);
    }
}

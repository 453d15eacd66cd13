package dev.siltstone.objectstore;

import dev.siltstone.io.ManualClock;
import dev.siltstone.objectstore.FaultyStore.Fault;
import java.util.SplittableRandom;

/// Retries over a store that fails every third call: the contract holds as if nothing had happened.
class WrappedStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore open() {
        FaultyStore faulty = new FaultyStore(new MemoryStore(new ManualClock()));
        SplittableRandom random = new SplittableRandom(7);
        faulty.fail(kind -> fault(kind, random));
        return new MeteredStore(new Retries().around(faulty, 40), new StoreMeter());
    }

    private static Fault fault(CallKind kind, SplittableRandom random) {
        synchronized (random) {
            if (random.nextInt(3) > 0) {
                return null;
            }
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            // after that nobody can tell an upload that was aborted from one that was completed
            boolean isUnclear = kind == CallKind.UPLOAD_COMPLETE && fault == Fault.LOST_BEFORE;
            return isUnclear ? Fault.UNAVAILABLE : fault;
        }
    }
}

package dev.siltstone.stream;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/// When a stream was last used, and so when it ends. Once somebody saw that its time is over it stays
/// over: no read can bring it back after another was told that it is gone.
///
/// Thread-safe.
final class LastUse {
    /// Is told what must become durable some time.
    interface Listener {
        /// A read renewed the lifetime, and none was persisted for a while.
        void touched(long streamId);
    }

    private static final long OVER = Long.MIN_VALUE;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long TOUCH_MILLIS_MIN = 60_000;

    private final long streamId;
    private final Lifetime lifetime;
    private final InstantSource clock;
    private final Listener listener;
    private final AtomicLong lastUse;
    private volatile long lastTouch;
    private volatile long persisted;

    /// @param persisted the last use as a look at the log would tell it, in milliseconds since 1970
    LastUse(
            long streamId,
            Lifetime lifetime,
            InstantSource clock,
            Listener listener,
            long persisted) {
        this.streamId = streamId;
        this.lifetime = lifetime;
        this.clock = clock;
        this.listener = listener;
        this.lastUse = new AtomicLong(persisted);
        this.lastTouch = persisted;
        this.persisted = persisted;
    }

    /// Says whether the log tells of the last use, so that nothing is lost with this object.
    boolean isPersisted() {
        return lastUse.get() <= persisted;
    }

    /// Returns when the lifetime ends if nobody uses the stream any more, in milliseconds since 1970;
    /// [Long#MAX_VALUE] for never.
    long deadline() {
        return deadline(lastUse.get());
    }

    private long deadline(long used) {
        if (used == OVER) {
            return OVER;
        }
        return switch (lifetime) {
            case Lifetime.Forever _ -> NEVER;
            case Lifetime.IdleFor idle -> used + 1000 * idle.seconds();
            case Lifetime.Until until -> until.time().toEpochMilli();
        };
    }

    /// Says whether the lifetime has ended. The answer `true` is final.
    boolean isOver() {
        if (lifetime instanceof Lifetime.Forever) {
            return false;
        }
        while (true) {
            long used = lastUse.get();
            if (clock.millis() < deadline(used)) {
                return false;
            }
            if (used == OVER || lastUse.compareAndSet(used, OVER)) {
                return true;
            }
        }
    }

    /// A client used the stream: the idle time begins anew, unless it is over.
    void renew() {
        if (use(clock.millis()) && clock.millis() - lastTouch >= touchMillis()) {
            lastTouch = clock.millis();
            listener.touched(streamId);
        }
    }

    /// An entry of this time used the stream, and so persisted the use.
    void written(long time) {
        if (use(time)) {
            lastTouch = time;
            persisted = time;
        }
    }

    private boolean use(long time) {
        if (!(lifetime instanceof Lifetime.IdleFor)) {
            return false;
        }
        while (!isOver()) {
            long used = lastUse.get();
            if (used != OVER && lastUse.compareAndSet(used, Math.max(used, time))) {
                return true;
            }
        }
        return false;
    }

    private long touchMillis() {
        return lifetime instanceof Lifetime.IdleFor idle
                ? Math.max(250 * idle.seconds(), TOUCH_MILLIS_MIN)
                : NEVER;
    }
}

package dev.siltstone.server.http;

import io.netty.handler.codec.http.HttpRequest;
import java.util.Map;

/// What the head of the request of the moment takes of the budget of bytes in flight: nothing, as long as
/// it is as short as heads are; otherwise its bytes, from when they arrive until the request is answered. So
/// many slow senders of long heads together take no more memory than the budget has.
///
/// Not thread-safe; owned by an event loop.
final class HeadShare {
    /// What a field takes in memory beside its characters.
    private static final int FIELD_BYTES = 100;

    private final Budget budget;
    private final int freeBytes;
    private int arrived;
    private int taken;

    /// @param freeBytes that a head may have without a share
    HeadShare(Budget budget, int freeBytes) {
        this.budget = budget;
        this.freeBytes = freeBytes;
    }

    /// Takes note that so much more has come of a head, or of what follows it.
    ///
    /// @return false if there is no room for it
    boolean arrived(int bytes) {
        arrived = Math.min(arrived + bytes, HttpLimits.HEADER_BYTES_MAX);
        return arrived <= freeBytes || hold(arrived);
    }

    /// Corrects the share to what the head turned out to be.
    ///
    /// @return false if there is no room for it
    boolean complete(HttpRequest head) {
        arrived = 0;
        if (taken == 0 && freeBytes > 0) {
            return true;
        }
        int bytes = head.uri().length();
        for (Map.Entry<String, String> field : head.headers()) {
            bytes += FIELD_BYTES + field.getKey().length() + field.getValue().length();
        }
        return hold(bytes);
    }

    private boolean hold(int bytes) {
        if (bytes > taken && !budget.take(bytes - taken)) {
            return false;
        }
        if (bytes < taken) {
            budget.give(taken - bytes);
        }
        taken = bytes;
        return true;
    }

    boolean isTaken() {
        return taken > 0;
    }

    void release() {
        arrived = 0;
        hold(0);
    }
}

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

    /// Takes note of bytes that have come of a head, and may be the beginning of what follows it.
    void arrived(int bytes) {
        arrived = Math.min(arrived + bytes, HttpLimits.HEADER_BYTES_MAX);
    }

    /// Takes a share for what has come, since the head is not complete yet.
    ///
    /// @return false if there is no room for it
    boolean holdArrived() {
        return hold(arrived);
    }

    /// Corrects the share to what the head turned out to be.
    ///
    /// @return false if there is no room for it
    boolean holdComplete(HttpRequest head) {
        arrived = 0;
        int bytes = head.uri().length();
        var fields = head.headers().iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            bytes += FIELD_BYTES + field.getKey().length() + field.getValue().length();
        }
        return hold(bytes);
    }

    private boolean hold(int length) {
        int bytes = length > freeBytes ? length : 0;
        if (bytes > taken && !budget.take(bytes - taken)) {
            return false;
        }
        if (bytes < taken) {
            budget.give(taken - bytes);
        }
        taken = bytes;
        return true;
    }

    void release() {
        arrived = 0;
        hold(0);
    }
}

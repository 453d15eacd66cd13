package dev.siltstone.bench;

/// Checks what one reader gets of one stream: of each lane every acknowledged message once, in order.
final class LaneCheck {
    private final Lanes lanes;
    private final int stream;
    private final long[] next;
    private final Faults faults;
    private long messages;

    LaneCheck(Lanes lanes, int stream, Faults faults) {
        this.lanes = lanes;
        this.stream = stream;
        this.faults = faults;
        this.next = new long[lanes.ofStream(stream).size()];
    }

    /// Takes the next message.
    void message(int lane, long number) {
        messages++;
        if (lane >= lanes.count() || lane % lanes.streams() != stream) {
            faults.add(
                    "stream "
                            + stream
                            + " holds a message of lane "
                            + lane
                            + ", which never wrote it");
            return;
        }
        int index = lane / lanes.streams();
        Lane writer = lanes.lane(lane);
        if (number < next[index]) {
            faults.add(
                    name(lane)
                            + ": message "
                            + number
                            + " again, or out of order, after "
                            + (next[index] - 1));
            return;
        }
        skip(writer, index, number);
        next[index] = number + 1;
    }

    /// The reader has all that there is.
    void end() {
        for (int index = 0; index < next.length; index++) {
            Lane writer = lanes.lane(index * lanes.streams() + stream);
            skip(writer, index, writer.next());
        }
    }

    private void skip(Lane writer, int index, long to) {
        for (long missing = next[index]; missing < to; missing++) {
            if (!writer.isUnknown(missing)) {
                faults.add(name(writer.number()) + ": message " + missing + " is missing");
                return; // one fault for the whole gap
            }
        }
    }

    private String name(int lane) {
        return "stream " + stream + ", lane " + lane;
    }

    /// Returns how many messages came.
    long messages() {
        return messages;
    }
}

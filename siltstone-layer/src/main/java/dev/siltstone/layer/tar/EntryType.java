package dev.siltstone.layer.tar;

/// What an entry of a tar makes.
public enum EntryType {
    FILE('0'),
    HARD_LINK('1'),
    SYMLINK('2'),
    CHARACTER_DEVICE('3'),
    BLOCK_DEVICE('4'),
    DIRECTORY('5'),
    FIFO('6');

    private final byte flag;

    EntryType(char flag) {
        this.flag = (byte) flag;
    }

    byte flag() {
        return flag;
    }

    public boolean isDevice() {
        return this == CHARACTER_DEVICE || this == BLOCK_DEVICE;
    }

    public boolean isLink() {
        return this == HARD_LINK || this == SYMLINK;
    }
}

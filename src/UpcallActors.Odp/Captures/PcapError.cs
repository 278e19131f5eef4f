namespace UpcallActors.Odp.Captures;

/// <summary>Why a capture file cannot be read, or no further.</summary>
public enum PcapError
{
    /// <summary>A record was read.</summary>
    None,

    /// <summary>The proper end of the file.</summary>
    EndOfFile,

    /// <summary>Fewer bytes than a file header (24).</summary>
    HeaderTruncated,

    /// <summary>The first four bytes are no pcap magic number.</summary>
    UnknownMagic,

    /// <summary>The file ends within a record: its writer was interrupted. The records before are whole.</summary>
    RecordTruncated,

    /// <summary>A record claims more bytes than any record may have.</summary>
    RecordTooLong,
}

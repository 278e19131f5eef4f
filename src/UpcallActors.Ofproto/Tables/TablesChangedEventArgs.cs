namespace UpcallActors.Ofproto;

/// <summary>A batch of changes that was published.</summary>
internal sealed class TablesChangedEventArgs : EventArgs
{
    internal TablesChangedEventArgs(ulong version, in TableSet tables)
    {
        Version = version;
        Tables = tables;
    }

    /// <summary>The version that has them.</summary>
    public ulong Version { get; }

    /// <summary>The tables whose rules are others than before.</summary>
    public TableSet Tables { get; }
}

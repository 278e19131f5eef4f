namespace UpcallActors.OpenFlow;

/// <summary>What is done to a group, with OpenFlow's numbers (<c>OFPGC_*</c>).</summary>
internal enum GroupCommand : ushort
{
    /// <summary>Adds one that is not there.</summary>
    Add = 0,

    /// <summary>Gives one that is there another type and other buckets.</summary>
    Modify = 1,

    /// <summary>Deletes one, or all.</summary>
    Delete = 2,

    /// <summary>Puts buckets between those that are there.</summary>
    InsertBucket = 3,

    /// <summary>Takes one bucket out, or all.</summary>
    RemoveBucket = 5,

    /// <summary>Adds or modifies, whichever can be done (Open vSwitch's extension).</summary>
    AddOrModify = 0x8000,
}

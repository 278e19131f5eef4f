using System.Globalization;

namespace UpcallActors.Ovsdb;

/// <summary>What an atom is (RFC 7047, 3.2).</summary>
internal enum OvsdbAtomType : byte
{
    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>A number.</summary>
    Real,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A text.</summary>
    String,

    /// <summary>The identity of a row.</summary>
    Uuid,
}

/// <summary>One value. Those of one column are of one type, and have an order.</summary>
internal readonly struct OvsdbAtom : IEquatable<OvsdbAtom>, IComparable<OvsdbAtom>
{
    private readonly long _number;
    private readonly string? _text;
    private readonly Guid _uuid;

    private OvsdbAtom(OvsdbAtomType type, long number = 0, string? text = null, Guid uuid = default)
    {
        Type = type;
        _number = number;
        _text = text;
        _uuid = uuid;
    }

    /// <summary>What it is.</summary>
    public OvsdbAtomType Type { get; }

    /// <summary>The whole number.</summary>
    public long Integer => _number;

    /// <summary>The number.</summary>
    public double Real => BitConverter.Int64BitsToDouble(_number);

    /// <summary>Whether it is true.</summary>
    public bool Boolean => _number != 0;

    /// <summary>The text; empty for other types.</summary>
    public string Text => _text ?? "";

    /// <summary>The row that it names; all zeros for other types.</summary>
    public Guid Uuid => _uuid;

    public static OvsdbAtom Of(long value) => new(OvsdbAtomType.Integer, value);

    public static OvsdbAtom Of(double value) => new(OvsdbAtomType.Real, BitConverter.DoubleToInt64Bits(value));

    public static OvsdbAtom Of(bool value) => new(OvsdbAtomType.Boolean, value ? 1 : 0);

    public static OvsdbAtom Of(string value) => new(OvsdbAtomType.String, text: value);

    public static OvsdbAtom Of(Guid value) => new(OvsdbAtomType.Uuid, uuid: value);

    /// <summary>The value of a column of this type that nothing was said of: 0, false, an empty text, zeros.</summary>
    public static OvsdbAtom DefaultOf(OvsdbAtomType type) => type == OvsdbAtomType.Real ? Of(0.0) : new OvsdbAtom(type);

    public static bool operator ==(OvsdbAtom left, OvsdbAtom right) => left.Equals(right);

    public static bool operator !=(OvsdbAtom left, OvsdbAtom right) => !left.Equals(right);

    /// <inheritdoc/>
    public int CompareTo(OvsdbAtom other)
    {
        if (Type != other.Type)
            return Type.CompareTo(other.Type);
        return Type switch
        {
            OvsdbAtomType.Real => Real.CompareTo(other.Real),
            OvsdbAtomType.String => string.CompareOrdinal(Text, other.Text),
            OvsdbAtomType.Uuid => _uuid.CompareTo(other._uuid),
            _ => _number.CompareTo(other._number),
        };
    }

    /// <inheritdoc/>
    public bool Equals(OvsdbAtom other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is OvsdbAtom other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Type == OvsdbAtomType.Real ? Real.GetHashCode() : _number, _text, _uuid);

    /// <inheritdoc/>
    public override string ToString() => Type switch
    {
        OvsdbAtomType.Integer => Integer.ToString(CultureInfo.InvariantCulture),
        OvsdbAtomType.Real => Real.ToString(CultureInfo.InvariantCulture),
        OvsdbAtomType.Boolean => Boolean ? "true" : "false",
        OvsdbAtomType.String => Text,
        _ => _uuid.ToString(),
    };
}

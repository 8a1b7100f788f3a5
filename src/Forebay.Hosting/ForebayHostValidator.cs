using Microsoft.Extensions.Options;

namespace Forebay.Hosting;

/// <summary>Refuses, when the host starts, what opening the instance would refuse, with the same sentence.</summary>
internal sealed class ForebayHostValidator : IValidateOptions<ForebayHostOptions>
{
    public ValidateOptionsResult Validate(string? name, ForebayHostOptions options)
    {
        if (string.IsNullOrEmpty(options.DataDirectory))
            return ValidateOptionsResult.Fail("Setting DataDirectory is missing: the folder of the relation files.");
        if (!Directory.Exists(options.DataDirectory))
        {
            return ValidateOptionsResult.Fail(
                $"Setting DataDirectory is '{options.DataDirectory}': there is no such folder.");
        }

        try
        {
            options.ToOptions().Validate();
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException refusal)
        {
            return ValidateOptionsResult.Fail(refusal.Message);
        }
    }
}

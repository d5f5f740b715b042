"""Why a study has no plan and what a rule says, in the user's nouns: a reader of what planning builds."""

"""Amazon ECR: pull-through cache rules and repository creation templates, beside what moto has."""
